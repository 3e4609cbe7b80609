from django.db import migrations

# Deadlines that were given before there were clocks get one each, so that they are warned of: as after a change of policies.
BEGIN = """
INSERT INTO tenants_timer (account_id, kind, subject_id, due_at, attempts)
SELECT id, 'clocks_policies', '00000000-0000-0000-0000-000000000000', now(), 0 FROM tenants_account
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0004_first_tallies'),
        ('tenants', '0006_agreements'),
    ]

    operations = [
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
