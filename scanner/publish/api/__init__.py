"""What programs may ask of the daemon: routes and their OpenAPI document, both made of one list of endpoints."""
