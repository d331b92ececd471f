"""The command line, for people. `commands.py` lists the commands; `app.main` hands in what they do."""
