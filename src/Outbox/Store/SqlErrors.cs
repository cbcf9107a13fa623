using System.Collections.Immutable;
using System.Text;

namespace Messaging.Outbox.Store;

/// <summary>Classifies the errors of all database drivers.</summary>
/// <remarks>
/// A consumer may use a driver by itself, and its exceptions have a meaning by their types, independent of a host; so the list of
/// known drivers is static. For other drivers the standard SQLSTATE is used.
/// </remarks>
internal static class SqlErrors
{
    private const int MaxDepth = 8; // EF Core and other libraries wrap the driver's exceptions

    private static ImmutableList<IDriverErrors> _drivers = [];

    /// <summary>Registers a driver.</summary>
    public static void Know(IDriverErrors driver) => ImmutableInterlocked.Update(ref _drivers, drivers => drivers.Contains(driver) ? drivers : drivers.Add(driver));

    /// <summary>Whether the statement or its data is invalid, so that the database refuses it every time.</summary>
    public static bool IsPermanent(Exception exception) => exception is UnstorableTextException or EncoderFallbackException
        || _drivers.Exists(d => d.IsOfParameters(exception)) || (Find(exception) is { } found && KindOf(found) == SqlErrorKind.Permanent);

    /// <summary>Whether a write failed because the disk is full.</summary>
    public static bool IsDiskFull(Exception exception) => Find(exception) is { } found && DriverOf(found)?.IsDiskFull(found) == true;

    /// <summary>The driver's exception for a statement that the database refused, which may be wrapped; null if there is none.</summary>
    public static Exception? Find(Exception exception) =>
        Find(exception, e => DriverOf(e) is not null) ?? Find(exception, e => StandardSqlStates.Of(e) is not null);

    /// <summary>The error code and a short message without values.</summary>
    public static string TextOf(Exception exception) => DriverOf(exception)?.TextOf(exception) ?? exception.Message;

    /// <summary>A description for the administrator of the database; null if unknown.</summary>
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
