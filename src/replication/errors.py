"""The one exception that a user is meant to read."""


class InputError(ValueError):
    """Bad input: the message is one line that names the file or argument, and what was expected.

    A step that ends with an `InputError` prints that line alone; any other exception is a bug
    and keeps its traceback.
    """
