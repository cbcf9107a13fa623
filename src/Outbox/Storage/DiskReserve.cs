using System.Globalization;

namespace Messaging.Outbox.Storage;

/// <summary>
/// Tracks whether the reserve is used. Once it is, a quarter more must be free before it counts as restored, so that it does not
/// flap.
/// </summary>
internal sealed class DiskReserve
{
    private volatile bool _isTouched;

    /// <param name="name">The name of the disk in the message.</param>
    /// <param name="available">The bytes that the process can still write.</param>
    /// <param name="reusable">
    /// The bytes that are unused inside files. A quarter of the reserve must be free on the disk itself, for temporary writes.
    /// </param>
    /// <param name="reserve">The bytes that must be free.</param>
    public string? Check(string name, long available, long reusable, long reserve)
    {
        var wanted = _isTouched ? reserve + (reserve / 4) : reserve;
        _isTouched = available + reusable < wanted || available < wanted / 4;
        return _isTouched ? $"The disk of {name} has {Mebibytes(available + reusable)} left; requests are accepted again from {Mebibytes(wanted)} on." : null;
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1_024.0 * 1_024):0.#} MiB");
}
