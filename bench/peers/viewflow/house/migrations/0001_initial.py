"""The table of applications, as `manage.py makemigrations` writes it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (("viewflow", "0015_task_scheduled"),)

    operations = (
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "process_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="viewflow.process",
                    ),
                ),
                ("surname", models.CharField(blank=True, max_length=200)),
                ("given_name", models.CharField(blank=True, max_length=200)),
                ("address", models.CharField(blank=True, max_length=300)),
                (
                    "language",
                    models.CharField(blank=True, choices=[("kk", "қазақша"), ("ru", "русский")], max_length=2),
                ),
                ("again_reason", models.CharField(blank=True, max_length=300)),
                ("missing_reason", models.CharField(blank=True, max_length=300)),
                ("executor", models.CharField(blank=True, max_length=200)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("papers", models.CharField(blank=True, max_length=20)),
                ("member_name", models.CharField(blank=True, max_length=200)),
                ("member_relation", models.CharField(blank=True, max_length=20)),
                ("member_income", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ("expense_kind", models.CharField(blank=True, max_length=20)),
                ("expense_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ("decision", models.CharField(blank=True, max_length=20)),
                ("amount", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ("period_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("departure_reason", models.CharField(blank=True, max_length=300)),
                ("verdict", models.CharField(blank=True, max_length=20)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("way", models.CharField(blank=True, max_length=20)),
                ("received_by", models.CharField(blank=True, max_length=200)),
                ("identified_by", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "abstract": False,
            },
            bases=("viewflow.process",),
        ),
    )
