"""Front-end packages of others, unmodified, and the script that renews them."""
