using System.Collections.Immutable;
using System.Text;

namespace Messaging.Outbox.Store;

/// <summary>One classification of what databases refuse, whichever driver throws it.</summary>
/// <remarks>
/// A consumer may use a driver by itself, and what its exceptions mean is a matter of their types and not of a host: so the drivers that are known are the
/// process's. Of any other the standard's code is understood.
/// </remarks>
internal static class SqlErrors
{
    private const int MaxDepth = 8; // EF Core and others wrap what the driver throws

    private static ImmutableList<IDriverErrors> _drivers = [];

    /// <summary>Lets the exceptions of a driver be understood from now on.</summary>
    public static void Know(IDriverErrors driver) => ImmutableInterlocked.Update(ref _drivers, drivers => drivers.Contains(driver) ? drivers : drivers.Add(driver));

    /// <summary>Whether it is a statement or data that the database refuses whenever it comes.</summary>
    public static bool IsPermanent(Exception exception) => exception is UnstorableTextException or EncoderFallbackException
        || _drivers.Exists(d => d.IsOfParameters(exception)) || (Find(exception) is { } found && KindOf(found) == SqlErrorKind.Permanent);

    /// <summary>Whether a write failed because there is no space left.</summary>
    public static bool IsDiskFull(Exception exception) => Find(exception) is { } found && DriverOf(found)?.IsDiskFull(found) == true;

    /// <summary>What a driver threw because the database refused a statement, be it wrapped; null when none did.</summary>
    public static Exception? Find(Exception exception) =>
        Find(exception, e => DriverOf(e) is not null) ?? Find(exception, e => StandardSqlStates.Of(e) is not null);

    /// <summary>The code and a short message without values.</summary>
    public static string TextOf(Exception exception) => DriverOf(exception)?.TextOf(exception) ?? exception.Message;

    /// <summary>What is wrong with the database, for whoever looks after it; null when that is not known.</summary>
    public static string? Describe(Exception exception) => exception is StoreUnavailableException e
        ? e.Message
        : _drivers.Select(d => d.Describe(exception)).FirstOrDefault(text => text is not null);

    private static Exception? Find(Exception exception, Func<Exception, bool> isIt)
    {
        var e = exception;
        for (var depth = 0; e is not null && depth < MaxDepth; e = e.InnerException, depth++)
        {
            if (isIt(e))
            {
                return e;
            }
        }

        return null;
    }

    private static SqlErrorKind KindOf(Exception exception) => DriverOf(exception)?.KindOf(exception)
        ?? (StandardSqlStates.Of(exception) is { } state ? StandardSqlStates.KindOf(state) : SqlErrorKind.Other);

    private static IDriverErrors? DriverOf(Exception exception) => _drivers.Find(d => d.IsRefusal(exception));
}
