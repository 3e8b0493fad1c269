"""Who may ask the daemon: TLS, logins, client certificates, roles; read anew when the web config file changes."""
