using Messaging.Outbox;

namespace Messaging.Worker.Uploads;

/// <summary>An upload that cannot be processed, now or later. Its text says why, and nothing of what is in it.</summary>
internal sealed class UploadRefusedException(string message) : Exception(message), IPermanentFailure;
