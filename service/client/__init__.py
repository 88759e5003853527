"""A client of the search API, for other programs: `Client`, what it returns, and what it raises.

It needs nothing but Python and imports nothing of the server. In a checkout it is imported as ``service.client``, where
procsearch is installed as ``procsearch.service.client``: hence the relative imports, which work under both names.
"""

from .client import Client, SearchOptions
from .errors import (
    AnswerError,
    Busy,
    ClientError,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    ServerFault,
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
    "AnswerError",
    "BatchOfQueries",
    "BatchOfRecords",
    "BatchedQuery",
    "BatchedRecord",
    "BriefRecord",
    "Busy",
    "Client",
    "ClientError",
    "ConnectionFailed",
    "Document",
    "FacetValue",
    "Hit",
    "InvalidRequest",
    "NotFound",
    "SearchAnswer",
    "SearchOptions",
    "ServerFault",
    "Suggestions",
    "TimedOut",
    "UnexpectedAnswer",
]
