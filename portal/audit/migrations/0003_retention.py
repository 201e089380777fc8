from django.db import migrations

# The trigger, not the job, knows the rule: even the owner cannot delete a younger row, and nobody can change one.
BY_THE_RULE = """
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_auditevent' THEN
        IF OLD.action <> 'records.forgotten' AND EXISTS (
            SELECT FROM tenancy_programme
            WHERE id = OLD.programme_id AND OLD.at < now() - make_interval(years => record_years)
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit record is append-only.';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_platform_record'),
        ('tenancy', '0005_record_years'),
    ]

    operations = [migrations.RunSQL(BY_THE_RULE, reverse_sql=migrations.RunSQL.noop)]
