"""Audit full judgments: what was recommended, decided and predicted, and what needs a look."""

from liangxing.audit.documents import audit_documents, audit_in_processes, row_json

__all__ = ["audit_documents", "audit_in_processes", "row_json"]
