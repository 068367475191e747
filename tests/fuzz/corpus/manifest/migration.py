revision = "a1"
down_revision = None
def upgrade():
    op.add_column("x")
def downgrade():
    pass
