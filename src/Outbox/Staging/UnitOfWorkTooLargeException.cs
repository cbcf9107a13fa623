using System.Globalization;

namespace Messaging.Outbox;

/// <summary>A unit of work has staged more than its limit (<see cref="IUnitOfWork.MaxBytes"/>); nothing of it is stored.</summary>
public sealed class UnitOfWorkTooLargeException(long bytes, long max) : Exception(
    string.Create(CultureInfo.InvariantCulture, $"The content takes {bytes} bytes as it is stored; at most {max} are allowed."))
{
    /// <summary>The size of the content in bytes.</summary>
    public long Bytes => bytes;

    /// <summary>The limit in bytes.</summary>
    public long Max => max;
}
