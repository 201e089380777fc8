from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0004_second_approval'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='record_years',
            field=models.PositiveSmallIntegerField(blank=True, help_text='操作の記録は、この年数を過ぎると消えます。空のときは、消しません。3年以上で決めます。', null=True, validators=[MinValueValidator(3), MaxValueValidator(100)], verbose_name='記録を残す年数'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('record_years', None), ('record_years__gte', 3), _connector='OR'), name='records_are_kept_for_years'),
        ),
    ]
