"""A cluster on one machine, from the files of deploy/cluster: started by the commands of the administrators' page,
worked in over HTTP, killed piece by piece, looked through at the end. `make cluster`."""
