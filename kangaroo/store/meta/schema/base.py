"""The one MetaData and the column types all tables share."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Text
from sqlalchemy import text as sql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Names sort byte by byte on both databases, whatever the server's locale: OCI lists are lexical.
Words = Text().with_variant(Text(collation="C"), "postgresql")
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only INTEGER keys


def id_column() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def text(name: str, default: str | None = None, *, nullable: bool = False) -> Column[str]:
    return Column(name, Words, nullable=nullable, server_default=default)


def count(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def moment(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=sql("false"))


def body(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)
