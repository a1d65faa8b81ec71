import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pendingupload',
            name='created_at',
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='アップロード日時'),
        ),
    ]
