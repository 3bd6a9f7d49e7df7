"""What addresses must satisfy: their parts and numbers, the ground, the street, and the five defects."""
