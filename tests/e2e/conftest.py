"""What every end-to-end test may ask for."""
from serving import binary, serve, with_clients  # noqa: F401
