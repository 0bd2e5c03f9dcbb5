"""What the product adds to forms: one file per process; checks a form cannot make, and where its answers are kept."""
