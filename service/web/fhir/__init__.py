"""FHIR R4 terminology service: the code lists of a snapshot as CodeSystem and ValueSet, with their operations."""
