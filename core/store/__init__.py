"""The store: a Django app (models, migrations) and functions on records around it. Call `setup.open_store` before the functions."""
