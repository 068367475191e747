"""What the API's files say, checked, and what is made of them (tools/api.py)."""
