"""What the columns of a form mean, taught once by a person (表样): by the layout of its table."""
