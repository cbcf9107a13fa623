using System.Collections;
using System.Text.Json;
using MassTransit.Serialization;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Checks whether an exception can be logged and serialized, so that loggers and serializers do not fail on it.</summary>
internal static class ExceptionCheck
{
    /// <summary>Serializers fail at a depth of 64; a few thousand levels, or a cycle, overflow the stack.</summary>
    private const int MaxDepth = 16;

    private const int MaxExceptions = 64, MaxText = 2_000, MaxDataBytes = 16_384, MaxEntries = 64;

    /// <summary>
    /// Checks whether the exception can be logged and serialized. Replaces entries of its <see cref="Exception.Data"/> that cannot
    /// be serialized by their text.
    /// </summary>
    public static bool TryMakePrintable(Exception exception)
    {
        try
        {
            var left = MaxExceptions;
            if (!IsBounded(exception, depth: 0, ref left))
            {
                return false;
            }

            _ = exception.ToString(); // includes all inner exceptions
            return exception.GetBaseException() is not null;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static bool IsBounded(Exception exception, int depth, ref int left)
    {
        if (depth > MaxDepth || --left < 0)
        {
            return false;
        }

        _ = (exception.StackTrace, exception.Source);
        if (exception.Message is not { } message || !StoredText.IsStorable(message) || !CleanData(exception.Data))
        {
            return false;
        }

        if (exception is AggregateException many)
        {
            foreach (var inner in many.InnerExceptions)
            {
                if (!IsBounded(inner, depth + 1, ref left))
                {
                    return false;
                }
            }

            return true;
        }

        return exception.InnerException is not { } cause || IsBounded(cause, depth + 1, ref left);
    }

    private static bool CleanData(IDictionary? data)
    {
        if (data is null || data.Count == 0)
        {
            return true;
        }

        if (data.Count > MaxEntries)
        {
            return false;
        }

        foreach (var entry in data.Cast<DictionaryEntry>().Where(entry => entry.Value is not null && !CanBeSerialized(entry.Value)).ToList())
        {
            data[entry.Key] = StoredText.Line(entry.Value!.ToString(), MaxText);
        }

        return true;
    }

    private static bool CanBeSerialized(object value)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(value, SystemTextJsonMessageSerializer.Options).Length <= MaxDataBytes;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
