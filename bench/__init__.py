"""How fast it is: ratios against floors measured in the same run. `make bench`."""
