namespace Messaging.ServiceDefaults.Exports;

/// <summary>Where exports lie: workers write them, the API sends them.</summary>
public static class ExportFiles
{
    /// <summary>Their part of the shared folder.</summary>
    public const string Area = "exports";
}
