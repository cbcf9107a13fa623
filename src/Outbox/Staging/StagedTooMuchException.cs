using System.Globalization;

namespace Messaging.Outbox;

/// <summary>A unit of work has staged more than it may (<see cref="IUnitOfWork.MaxBytes"/>); nothing of it is stored.</summary>
public sealed class StagedTooMuchException(long bytes, long max) : Exception(
    string.Create(CultureInfo.InvariantCulture, $"What is to be stored takes {bytes} bytes, encoded as it is stored, and may take {max}."))
{
    /// <summary>What it would take.</summary>
    public long Bytes => bytes;

    /// <summary>What it may take.</summary>
    public long Max => max;
}
