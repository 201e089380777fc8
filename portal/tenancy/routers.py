class OwnerMigrates:
    """Only the owner's connection changes tables; `manage.py migrate` uses it by itself."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "owner"

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        # One database behind three roles.
        return True
