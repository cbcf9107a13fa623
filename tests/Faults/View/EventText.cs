using System.Globalization;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.View;

/// <summary>An event as a line.</summary>
internal static class EventText
{
    public static string Of(FaultEvent entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.At:HH:mm:ss.fff} {Word(entry.Kind),-6} {entry.What}: {entry.Details}");

    private static string Word(FaultKind kind) => kind switch
    {
        FaultKind.Begin => "fault",
        FaultKind.End => "healed",
        FaultKind.Crash => "died",
        _ => "",
    };
}
