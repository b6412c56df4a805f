"""Django's commands for this project: `migrate`, and `people`, who work in it."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "house.settings")
execute_from_command_line(sys.argv)
