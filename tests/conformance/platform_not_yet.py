"""Operations of Kangaroo's published description that are not served (yet), each with the reason.

Serving one takes its line out.
"""

NOT_YET: dict[str, str] = {}
