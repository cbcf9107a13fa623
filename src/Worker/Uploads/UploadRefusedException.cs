using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>An upload that can never be processed. The message gives the reason and nothing of the file's content.</summary>
internal sealed class UploadRefusedException(string message) : Exception(message), IPermanentFailure;
