"""What Komek hands to packages outside of it: `komek.testing`, by which a region tries itself."""
