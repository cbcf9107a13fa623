namespace Messaging.Outbox.DeadLetters;

/// <summary>Why a message is not accepted as sent by a dispatcher.</summary>
/// <param name="Reason">The reason of its dead letter.</param>
/// <param name="Error">The error for operators.</param>
internal sealed record Refusal(DeadLetterReason Reason, string Error)
{
    public static Refusal NoSignature { get; } = new(DeadLetterReason.Unsigned, "It has no signature: it was not sent by an outbox that has one of Outbox:Signing:Keys.");

    public bool IsUnsigned => Reason == DeadLetterReason.Unsigned;

    public static Refusal Forged(string error) => new(DeadLetterReason.Forged, error);
}
