"""What designers type: `${…}` and FEEL, read and reckoned over the data of a case and the world around it."""
