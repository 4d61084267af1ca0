// Exported declarations as TypeScript, without their documentation and without what only a class itself may use.

import type { ClassDef, ClassMethod, Declaration, EnumDef, InterfaceDef } from "./doc_json.ts";
import {
  annotation,
  bracesText,
  callText,
  headText,
  indexText,
  member,
  membersText,
  modifiersText,
  nameText,
  parameters,
  propertyText,
  RANK,
  sortedText,
  typeArguments,
  typeParameters,
  typeText,
  unknownKind,
} from "./type_text.ts";

/** A declaration that is neither a namespace nor a reference to another. */
export type PlainDeclaration = Exclude<Declaration, { readonly kind: "namespace" | "reference" }>;

/** What a name is exported as: a declaration of TypeScript for each of its overloads. */
export function declarationsText(name: string, declarations: readonly PlainDeclaration[]): string {
  const functions = declarations.flatMap((one) => one.kind === "function" ? [one.def] : []);
  return declarations
    .filter((one) => one.kind !== "function" || !isImplementation(one.def, functions))
    .map((declaration) => `export ${declarationText(name, declaration)}`)
    .join("\n");
}

function declarationText(name: string, declaration: PlainDeclaration): string {
  switch (declaration.kind) {
    case "function": {
      const { returnType, ...call } = declaration.def;
      return callText(`function ${name}`, { ...call, tsType: returnType });
    }
    case "class":
      return classText(name, declaration.def);
    case "interface":
      return interfaceText(name, declaration.def);
    case "typeAlias": {
      const { typeParams, tsType } = declaration.def;
      return `type ${name}${typeParameters(typeParams)} = ${typeText(tsType)};`;
    }
    case "variable":
      return `${declaration.def.kind} ${name}${annotation(declaration.def.tsType)};`;
    case "enum":
      return enumText(name, declaration.def);
    default:
      throw unknownKind("declaration", declaration);
  }
}

/** The implementation of overloads is not called by anybody: what is beside it has no body. */
function isImplementation(
  one: { readonly hasBody?: boolean },
  all: readonly { readonly hasBody?: boolean }[],
): boolean {
  return one.hasBody === true && all.some(({ hasBody }) => hasBody !== true);
}

function classText(name: string, def: ClassDef): string {
  const base = def.extends === undefined
    ? ""
    : ` extends ${def.extends}${typeArguments(def.superTypeParams)}`;
  const interfaces = listText(" implements ", def.implements?.map(typeText));
  return `${def.isAbstract ? "abstract " : ""}class ${name}${typeParameters(def.typeParams)}` +
    `${base}${interfaces} ${bracesText(classMembersText(def))}`;
}

function classMembersText(
  { constructors = [], properties = [], methods = [], indexSignatures = [] }: ClassDef,
): string[] {
  const visible = methods.filter(({ accessibility }) => accessibility !== "private");
  return sortedText([
    ...constructors
      .filter((one) => !isImplementation(one, constructors))
      .map(({ accessibility, params }) =>
        member(
          RANK.constructor,
          // Without it, everybody could call a constructor.
          accessibility === "private"
            ? "private constructor();"
            : `${modifiersText({ accessibility })}constructor${parameters(params)};`,
        )
      ),
    ...indexSignatures.map((index) => member(RANK.index, indexText(index))),
    ...properties
      .filter(({ accessibility }) => accessibility !== "private")
      .map((property) => {
        const modifiers = modifiersText({ ...property, readonly: false });
        return member(rankOf(property), propertyText(modifiers, property), property.name);
      }),
    ...visible
      .filter((one) => !isImplementation(one.functionDef, overloadsOf(one, visible)))
      .map((method) => {
        // A setter has no return type.
        const { returnType, ...call } = method.functionDef;
        const tsType = method.kind === "setter" ? undefined : returnType;
        const head = modifiersText(method) + headText(method);
        return member(rankOf(method), callText(head, { ...call, tsType }), method.name);
      }),
  ]);
}

function rankOf({ isStatic }: { readonly isStatic?: boolean }): number {
  return isStatic ? RANK.static : RANK.instance;
}

function overloadsOf(one: ClassMethod, methods: readonly ClassMethod[]) {
  return methods
    .filter(({ name, kind, isStatic }) =>
      name === one.name && kind === one.kind && isStatic === one.isStatic
    )
    .map(({ functionDef }) => functionDef);
}

function interfaceText(name: string, def: InterfaceDef): string {
  return `interface ${name}${typeParameters(def.typeParams)}` +
    `${listText(" extends ", def.extends?.map(typeText))} ${bracesText(membersText(def))}`;
}

function enumText(name: string, { members }: EnumDef): string {
  const lines = members.map(({ name, init }) =>
    `${nameText(name)}${init === undefined ? "" : ` = ${typeText(init)}`},`
  );
  return `enum ${name} ${bracesText(lines)}`;
}

function listText(word: string, types: readonly string[] = []): string {
  return types.length === 0 ? "" : word + types.join(", ");
}
