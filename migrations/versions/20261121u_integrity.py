"""What keeps an exam fair: the agreement that was accepted."""

import sqlalchemy as sa
from alembic import op

revision = "20261121u"
down_revision = "20261121p"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("agreement_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "agreement_hash")
