"""Token sets made from a seed, a Consul that knows them, and questions that both it and the scanner answer."""
