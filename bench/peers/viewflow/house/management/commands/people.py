"""Who works there, with one password: clerk, head and executor."""

from django.contrib.auth.models import User
from django.core.management import BaseCommand


class Command(BaseCommand):
    """Makes them, unless they are there."""

    def handle(self, *args, **options):
        for name in ("clerk", "head", "executor"):
            if not User.objects.filter(username=name).exists():
                User.objects.create_superuser(name, password="bench-bench")
