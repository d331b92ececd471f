"""`python -m kangaroo` and the command `kangaroo`."""

from kangaroo.app.main import main

if __name__ == "__main__":
    main()
