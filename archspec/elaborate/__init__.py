"""AST to graph: `resolve` gives names their meaning, `instantiate` computes values and types."""
