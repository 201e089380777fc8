from matching.models.posting import Application, Designation, MatchingSettings, Posting

__all__ = ["Application", "Designation", "MatchingSettings", "Posting"]
