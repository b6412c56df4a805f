"""The files of deploy/container and deploy/kubernetes, held against Komek."""
