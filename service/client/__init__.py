"""A client of the search API, for other programs: `Client`, `AdminClient`, what they return, and what they raise.

It needs nothing but Python and imports nothing of the server. In a checkout it is imported as ``service.client``, where
procsearch is installed as ``procsearch.service.client``: hence the relative imports, which work under both names.
"""

from .admin import AdminClient
from .admin_model import (
    BulkLine,
    BulkSummary,
    SearchCounts,
    Source,
    SynonymChange,
    Task,
    Written,
)
from .bulk import Bulk
from .client import Client, SearchOptions
from .errors import (
    AnswerError,
    Busy,
    ClientError,
    Conflict,
    ConnectionFailed,
    Denied,
    InvalidRequest,
    NotFound,
    ServerFault,
    Stale,
    TimedOut,
    UnexpectedAnswer,
)
from .model import (
    BatchedQuery,
    BatchedRecord,
    BatchOfQueries,
    BatchOfRecords,
    BriefRecord,
    Document,
    FacetValue,
    Hit,
    SearchAnswer,
    Suggestions,
)

__all__ = [
    "AdminClient",
    "AnswerError",
    "BatchOfQueries",
    "BatchOfRecords",
    "BatchedQuery",
    "BatchedRecord",
    "BriefRecord",
    "Bulk",
    "BulkLine",
    "BulkSummary",
    "Busy",
    "Client",
    "ClientError",
    "Conflict",
    "ConnectionFailed",
    "Denied",
    "Document",
    "FacetValue",
    "Hit",
    "InvalidRequest",
    "NotFound",
    "SearchAnswer",
    "SearchCounts",
    "SearchOptions",
    "ServerFault",
    "Source",
    "Stale",
    "Suggestions",
    "SynonymChange",
    "Task",
    "TimedOut",
    "UnexpectedAnswer",
    "Written",
]
