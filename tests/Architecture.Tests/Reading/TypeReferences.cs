using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Messaging.Architecture.Tests.Reading;

/// <summary>
/// Every type that a type names. A constant's value is copied by the compiler, so a type named for its constants alone is not seen; nor are the
/// parameters of what a body calls, which are arrows of the called type already.
/// </summary>
internal static class TypeReferences
{
    public static IEnumerable<TypeReference> Of(TypeDefinition type) =>
        Declared(type).Concat(type.Methods.SelectMany(Of)).Concat(type.NestedTypes.SelectMany(Of)).SelectMany(Parts);

    private static IEnumerable<TypeReference> Declared(TypeDefinition type)
    {
        if (type.BaseType is { } parent)
            yield return parent;
        foreach (var implemented in type.Interfaces)
            yield return implemented.InterfaceType;
        foreach (var field in type.Fields)
            yield return field.FieldType;
        foreach (var property in type.Properties)
            yield return property.PropertyType;
        foreach (var constraint in type.GenericParameters.SelectMany(parameter => parameter.Constraints))
            yield return constraint.ConstraintType;

        ICustomAttributeProvider[] carriers = [type, .. type.Fields, .. type.Properties];
        foreach (var named in carriers.SelectMany(Attributes))
            yield return named;
    }

    private static IEnumerable<TypeReference> Of(MethodDefinition method)
    {
        ICustomAttributeProvider[] carriers = [method, method.MethodReturnType, .. method.Parameters];
        return carriers.SelectMany(Attributes)
            .Concat(method.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType))
            .Append(method.ReturnType)
            .Concat(method.Parameters.Select(parameter => parameter.ParameterType))
            .Concat(method.HasBody ? Body(method.Body) : []);
    }

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider carrier) =>
        carrier.CustomAttributes.SelectMany(attribute =>
            attribute.ConstructorArguments.Select(argument => argument.Value).OfType<TypeReference>().Append(attribute.AttributeType));

    private static IEnumerable<TypeReference> Body(MethodBody body) =>
        body.ExceptionHandlers.Select(handler => handler.CatchType).OfType<TypeReference>()
            .Concat(body.Instructions.SelectMany(instruction => Operand(instruction.Operand)));

    private static IEnumerable<TypeReference> Operand(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [.. method.GenericArguments, method.DeclaringType],
        MemberReference member => [member.DeclaringType],
        _ => [],
    };

    // Task<Row[]> is Task and Row.
    private static IEnumerable<TypeReference> Parts(TypeReference type)
    {
        IEnumerable<TypeReference> arguments = type is GenericInstanceType generic ? generic.GenericArguments : [];
        var part = arguments.SelectMany(Parts);
        return type is TypeSpecification specification ? part.Concat(Parts(specification.ElementType)) : part.Append(type);
    }
}
