"""A form that one of several colleagues fills in for their organisation."""

from django import forms

from meetings.services.steps import Overtaken


class SeenForm(forms.Form):
    # The revision that was on the page; 0 for none.
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput, initial=0)

    def overtaken(self, refusal: Overtaken) -> None:
        """What was typed stays, and the next press is meant for what stands now."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = str(refusal.revision)  # type: ignore[index]
        self.add_error(None, refusal)

    @property
    def seen_revision(self) -> int:
        return self.cleaned_data["seen"] or 0
