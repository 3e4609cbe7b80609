from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0008_station'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(choices=[('assignee', 'you answer for it'), ('mention', 'you were mentioned'), ('watcher', 'you watch it'), ('team', 'it is in your team'), ('dispatch', 'nobody answers for it yet'), ('author', 'you wrote it'), ('lead', 'you look after links'), ('team_lead', 'you lead the team'), ('desk', 'you look after the queue')], max_length=12),
        ),
    ]
