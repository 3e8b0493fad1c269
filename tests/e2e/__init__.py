"""The product from one end to the other, with real parts and the trouble that they meet."""
