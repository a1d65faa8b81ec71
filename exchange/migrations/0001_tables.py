import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('exchange', '0001_waiting_lines'),
        ('exchange', '0002_uploads'),
    ]

    dependencies = [
        ('municipalities', '0001_tables'),
        ('plans', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='ファイル名')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('sha256', models.CharField(max_length=64, verbose_name='ハッシュ値')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='変更理由')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='アップロード日時')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='終了日時')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='municipalities.municipality', verbose_name='自治体')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='plans.plan', verbose_name='計画')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
            ],
            options={
                'verbose_name': 'アップロードしたファイル',
                'verbose_name_plural': 'アップロードしたファイル',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='WaitingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=31, verbose_name='シート')),
                ('key', models.CharField(max_length=200, verbose_name='行')),
                ('cells', models.JSONField(default=dict, help_text='見出しとセルの文。', verbose_name='内容')),
                ('waits_for', models.CharField(max_length=110, verbose_name='待っている計画')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting_lines', to='plans.plan', verbose_name='計画')),
            ],
            options={
                'verbose_name': '計画を待つ行',
                'verbose_name_plural': '計画を待つ行',
                'ordering': ['plan', 'sheet', 'key'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'sheet', 'key'), name='waiting_line_unique')],
            },
        ),
    ]
