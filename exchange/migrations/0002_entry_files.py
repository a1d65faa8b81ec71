import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0001_tables'),
        ('municipalities', '0002_waiting_files'),
        ('rounds', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EntryFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='ファイル名')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('sha256', models.CharField(max_length=64, verbose_name='ハッシュ値')),
                ('brought_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='取り込んだ日時')),
                ('rows', models.PositiveIntegerField(verbose_name='ファイルの行')),
                ('written', models.PositiveIntegerField(verbose_name='書き込んだ行')),
                ('unchanged', models.PositiveIntegerField(verbose_name='変更のない行')),
                ('held', models.PositiveIntegerField(verbose_name='保留した行')),
                ('decisions', models.JSONField(default=list, help_text='何をどうしたかの文。', verbose_name='確認画面での訂正・保留')),
                ('brought_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entry_files', to=settings.AUTH_USER_MODEL, verbose_name='取り込んだ人')),
                ('departments', models.ManyToManyField(related_name='entry_files', to='municipalities.department', verbose_name='回答した組織')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entry_files', to='rounds.request', verbose_name='照会')),
            ],
            options={
                'verbose_name': '取り込んだ回答ファイル',
                'verbose_name_plural': '取り込んだ回答ファイル',
                'ordering': ['-brought_at'],
            },
        ),
        migrations.CreateModel(
            name='EntryUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='アップロード日時')),
                ('file_name', models.CharField(max_length=200, verbose_name='ファイル名')),
                ('sha256', models.CharField(max_length=64, verbose_name='ハッシュ値')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='終了日時')),
                ('sections', models.CharField(blank=True, max_length=300, verbose_name='組織')),
                ('counts', models.JSONField(default=dict, verbose_name='行の数')),
                ('fingerprint', models.CharField(blank=True, max_length=64, verbose_name='プレビューの要約')),
                ('is_refused', models.BooleanField(default=False, verbose_name='このままでは取り込めない')),
                ('kept', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exchange.entryfile', verbose_name='取り込んだファイル')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rounds.request', verbose_name='照会')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
            ],
            options={
                'verbose_name': '確認待ちの回答ファイル',
                'verbose_name_plural': '確認待ちの回答ファイル',
                'ordering': ['sections', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='entryfile',
            constraint=models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('written'), '+', models.F('unchanged')), '+', models.F('held')))), name='entry_file_sum', violation_error_message='行の数が合いません。'),
        ),
    ]
