"""A table on its way into the demo: its dry run has found what is new, what changes, and what has to be mended first."""

from partners.importing.mapping import guess
from partners.importing.reading import read_table
from partners.models import ImportRun, RegistrationSettings
from partners.services.importing import map_columns, upload_table, work_on
from portal.local.data.standing import staff
from portal.tenancy.models import Programme
from portal.web.access import StaffRole

NAME = "研修会の参加団体（商工課から）.csv"
TABLE = """\
登録番号,企業・団体名,フリガナ,種別,市町村,電話番号,ホームページ,担当部署
103,,,,,000-555-0103,https://www.example.jp/new/,広報課
104,,,,,000-555-0104,,総務課
,株式会社浜風リサイクル,ハマカゼリサイクル,企業,横須賀市,000-555-0201,https://www.example.com/,環境推進室
,一般社団法人里山くらぶ,サトヤマクラブ,財団・社団等,秦野市,000-555-0202,,事務局
,有限会社山手家具,ヤマテカグ,企業,横須加市,000-555-0203,,
,株式会社月見印刷,ツキミインサツ,企業,平塚市,電話なし,,営業部
"""


def load(programme: Programme) -> None:
    """Inside the programme's scope, after its people. One programme is enough to show it."""
    if programme.slug != "kanagawa" or ImportRun.objects.exists():
        return
    actor = staff(StaffRole.OFFICER)
    table = read_table(TABLE.encode())
    run = upload_table(name=NAME, table=table, actor=actor)
    map_columns(run=run, mapping=guess(table.headings, RegistrationSettings.objects.get().sections, {}), actor=actor)
    work_on(run.pk)
