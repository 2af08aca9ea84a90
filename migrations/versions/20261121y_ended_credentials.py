"""Find the few credentials of a status list that have ended without reading all the others.

Revision ID: 20261121y
Revises: 20261121x
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121y"
down_revision = "20261121z"
branch_labels = None
depends_on = None

HAS_ENDED = sa.text("revoked_at IS NOT NULL OR superseded_at IS NOT NULL OR withdrawn_at IS NOT NULL")


def upgrade() -> None:
    """An index of those alone."""
    op.create_index(
        "ix_credentials_ended", "credentials", ["id"], sqlite_where=HAS_ENDED, postgresql_where=HAS_ENDED
    )


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_credentials_ended", "credentials")
